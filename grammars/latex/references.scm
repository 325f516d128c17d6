(latex_include) @import.include
(package_include) @import.use
