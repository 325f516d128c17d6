(package_clause (package_identifier) @module)
(import_spec) @import.static

(identifier) @reference.use
(selector_expression field: (field_identifier) @reference.use)
(call_expression function: (identifier) @reference.call)
(call_expression function: (selector_expression field: (field_identifier) @reference.call))
(type_identifier) @reference.type
(field_declaration !name type: (type_identifier) @reference.inherit)
(field_declaration !name type: (qualified_type name: (type_identifier) @reference.inherit))
(field_declaration !name type: (generic_type type: (type_identifier) @reference.inherit))
(constraint_elem . (type_identifier) @reference.inherit .)
(constraint_elem . (qualified_type name: (type_identifier) @reference.inherit) .)

(keyed_element . (literal_element (identifier) @other))
(parameter_declaration name: (identifier) @local)
(parameter_declaration name: (identifier) @local type: (type_identifier) @as)
(parameter_declaration name: (identifier) @local type: (pointer_type (type_identifier) @as))
(variadic_parameter_declaration name: (identifier) @local)
(short_var_declaration left: (expression_list (identifier) @local))
(short_var_declaration
  left: (expression_list . (identifier) @local .)
  right: (expression_list . (composite_literal type: (type_identifier) @as) .))
(short_var_declaration
  left: (expression_list . (identifier) @local .)
  right: (expression_list . (unary_expression operand: (composite_literal type: (type_identifier) @as)) .))
(range_clause left: (expression_list (identifier) @local))
(receive_statement left: (expression_list (identifier) @local))
(type_switch_statement alias: (expression_list (identifier) @local))
(var_spec name: (identifier) @local)
(var_spec name: (identifier) @local type: (type_identifier) @as)
(var_spec name: (identifier) @local type: (pointer_type (type_identifier) @as))
(const_spec name: (identifier) @local)
(type_parameter_list (parameter_declaration name: (identifier) @generic))

(function_declaration body: (_) @body)
(method_declaration body: (_) @body)
(struct_type (field_declaration_list) @body)
(interface_type "{" @body)

(method_spec name: (field_identifier) @name) @outline.method
(source_file (const_declaration (const_spec name: (identifier) @name) @outline.constant))
