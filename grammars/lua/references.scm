(function_call
  name: (identifier) @_call
  arguments: (arguments . (string))
  (#any-of? @_call "require" "dofile")) @import.require
(variable_declaration (assignment_statement
  (variable_list . name: (identifier) .)
  (expression_list . value: (function_call
    name: (identifier) @_call
    arguments: (arguments . (string))
    (#any-of? @_call "require"))))) @import.require

(identifier) @reference.use
(function_call name: (identifier) @reference.call)
(function_call name: (dot_index_expression field: (identifier) @reference.call))
(function_call name: (method_index_expression method: (identifier) @reference.call))

(field name: (identifier) @other)
(parameters name: (identifier) @local)
(variable_declaration (assignment_statement (variable_list name: (identifier) @local)))
(variable_declaration (variable_list name: (identifier) @local))
(for_generic_clause (variable_list name: (identifier) @local))
(for_numeric_clause name: (identifier) @local)

(function_declaration body: (_) @body)
(function_definition body: (_) @body)
