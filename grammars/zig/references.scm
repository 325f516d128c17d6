(variable_declaration
  . (identifier)
  [(builtin_function (builtin_identifier) @_call)
   (field_expression object: (builtin_function (builtin_identifier) @_call))]
  (#eq? @_call "@import")) @import.static
(builtin_function (builtin_identifier) @_call (#eq? @_call "@import")) @import.static

(identifier) @reference.use
(field_expression member: (identifier) @reference.use)
(call_expression function: (identifier) @reference.call)
(call_expression function: (field_expression member: (identifier) @reference.call))
(parameter type: (identifier) @reference.type)
(container_field type: (identifier) @reference.type)
(variable_declaration type: (identifier) @reference.type)
(function_declaration type: (identifier) @reference.type)
(pointer_type (identifier) @reference.type)
(nullable_type (identifier) @reference.type)
(slice_type (identifier) @reference.type)
(error_union_type ok: (identifier) @reference.type)
(struct_initializer . (identifier) @reference.type)

(container_field name: (identifier) @other)
(error_set_declaration (identifier) @other)
(break_label (identifier) @other)
(block_label (identifier) @other)
(parameter name: (identifier) @local)
(parameter name: (identifier) @local type: (identifier) @as)
(parameter name: (identifier) @local type: (pointer_type (identifier) @as))
(variable_declaration . (identifier) @local)
(variable_declaration . (identifier) @local type: (identifier) @as)
(payload (identifier) @local)

(function_declaration body: (_) @body)
(variable_declaration [(struct_declaration) (union_declaration) (enum_declaration) (error_set_declaration)] @body)
