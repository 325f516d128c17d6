(package_header (identifier) @module)
(import_header) @import.static

(simple_identifier) @reference.use
(type_identifier) @reference.type
(call_expression . (simple_identifier) @reference.call)
(call_expression . (navigation_expression (navigation_suffix (simple_identifier) @reference.call)))
(delegation_specifier (user_type (type_identifier) @reference.inherit .))
(delegation_specifier (constructor_invocation (user_type (type_identifier) @reference.inherit .)))
(delegation_specifier (explicit_delegation (user_type (type_identifier) @reference.inherit .)))

(value_argument . (simple_identifier) @other . "=")
(parameter . (simple_identifier) @local)
(parameter . (simple_identifier) @local (user_type . (type_identifier) @as .))
(class_parameter (simple_identifier) @local)
(variable_declaration . (simple_identifier) @local)
(variable_declaration . (simple_identifier) @local (user_type . (type_identifier) @as .))
(property_declaration
  (variable_declaration . (simple_identifier) @local)
  (call_expression . (simple_identifier) @as)
  (#match? @as "^[A-Z]"))
(catch_block . (simple_identifier) @local)
(type_parameter . (type_identifier) @generic)

(function_declaration (function_body) @body)
(class_declaration [(class_body) (enum_class_body)] @body)
(object_declaration (class_body) @body)
(companion_object (class_body) @body)

(enum_entry . (simple_identifier) @name) @outline.constant
(class_parameter (binding_pattern_kind) (simple_identifier) @name) @outline.variable
(class_body (property_declaration (variable_declaration . (simple_identifier) @name)) @outline.variable)
