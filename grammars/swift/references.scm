(import_declaration) @import.static

(simple_identifier) @reference.use
(type_identifier) @reference.type
(call_expression . (simple_identifier) @reference.call)
(call_expression . (navigation_expression (navigation_suffix (simple_identifier) @reference.call)))
(inheritance_specifier (user_type (type_identifier) @reference.inherit .))

(parameter (simple_identifier) @local)
(parameter (simple_identifier) @local . (user_type . (type_identifier) @as .))
(pattern (simple_identifier) @local)
(property_declaration (pattern . (simple_identifier) @local) (type_annotation (user_type . (type_identifier) @as .)))
(property_declaration
  (pattern . (simple_identifier) @local)
  (call_expression . (simple_identifier) @as)
  (#match? @as "^[A-Z]"))
(if_statement (value_binding_pattern) . (simple_identifier) @local)
(guard_statement (value_binding_pattern) . (simple_identifier) @local)
(lambda_parameter (simple_identifier) @local)
(value_argument (value_argument_label) @other)
(type_parameter . (type_identifier) @generic)

; Without the nodes around them, which would take a second to analyse.
(function_body) @body
(class_body) @body
(enum_class_body) @body
(protocol_body) @body
(computed_property) @body

(enum_entry (simple_identifier) @name) @outline.constant
(class_body (property_declaration (pattern . (simple_identifier) @name)) @outline.variable)
