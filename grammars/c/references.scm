(preproc_include) @import.include

(identifier) @reference.use
(type_identifier) @reference.type
(call_expression function: (identifier) @reference.call)
(call_expression function: (field_expression field: (field_identifier) @reference.call))

(function_declarator declarator: (identifier) @other)
(parameter_declaration declarator: (identifier) @local)
(parameter_declaration type: (type_identifier) @as declarator: (identifier) @local)
(parameter_declaration type: (type_identifier) @as declarator: (pointer_declarator declarator: (identifier) @local))
(declaration declarator: (identifier) @local)
(declaration type: (type_identifier) @as declarator: (identifier) @local)
(declaration type: (type_identifier) @as declarator: (pointer_declarator declarator: (identifier) @local))
(init_declarator declarator: (identifier) @local)
(pointer_declarator declarator: (identifier) @local)
(array_declarator declarator: (identifier) @local)
(parenthesized_declarator (identifier) @local)
(preproc_params (identifier) @generic)

(function_definition body: (_) @body)
(struct_specifier body: (_) @body)
(union_specifier body: (_) @body)
(enum_specifier body: (_) @body)

(enumerator name: (identifier) @name) @outline.constant
(translation_unit (declaration declarator: [
  (identifier) @name
  (pointer_declarator declarator: (identifier) @name)
  (array_declarator declarator: (identifier) @name)
  (init_declarator declarator: (identifier) @name)
]) @outline.variable)

(parameter_declaration
  type: (struct_specifier name: (type_identifier) @as)
  declarator: (pointer_declarator declarator: (identifier) @local))
(type_definition declarator: (type_identifier) @name) @outline.type
(type_definition declarator: (primitive_type) @name) @outline.type
(type_definition declarator: (pointer_declarator declarator: (type_identifier) @name)) @outline.type
(type_definition declarator: (pointer_declarator declarator: (function_declarator
  declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name))))) @outline.type
(type_definition declarator: (function_declarator declarator: (type_identifier) @name)) @outline.type
