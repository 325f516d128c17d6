(apply_expression
  function: (variable_expression name: (identifier) @_call)
  argument: (path_expression)
  (#any-of? @_call "import" "callPackage")) @import.static

(variable_expression name: (identifier) @reference.use)
(select_expression attrpath: (attrpath attr: (identifier) @reference.use .))
(apply_expression function: (variable_expression name: (identifier) @reference.call))
(apply_expression function: (select_expression attrpath: (attrpath attr: (identifier) @reference.call .)))

(formal name: (identifier) @local)
(function_expression universal: (identifier) @local)
