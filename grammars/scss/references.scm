(import_statement) @import.static
(use_statement) @import.use
(forward_statement) @import.reexport

(include_statement . (identifier) @reference.call)
(call_expression . (function_name) @reference.call)
(variable_value) @reference.use

(parameter (variable_name) @local)
(mixin_statement (block) @body)
(function_statement (block) @body)
