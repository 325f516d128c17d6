; Besides the references of c/references.scm.
(using_declaration) @import.use

(qualified_identifier name: (identifier) @reference.token)
(template_function name: (identifier) @reference.token)
(call_expression function: (template_function name: (identifier) @reference.call))
(call_expression function: (qualified_identifier name: (template_function name: (identifier) @reference.call)))
(call_expression function: (field_expression field: (template_method name: (field_identifier) @reference.call)))
(new_expression type: (type_identifier) @reference.call)
(new_expression type: (template_type name: (type_identifier) @reference.call))
(new_expression type: (qualified_identifier name: (type_identifier) @reference.call))
(base_class_clause (type_identifier) @reference.inherit)
(base_class_clause (template_type name: (type_identifier) @reference.inherit))
(base_class_clause (qualified_identifier name: (type_identifier) @reference.inherit))
(base_class_clause (qualified_identifier name: (template_type name: (type_identifier) @reference.inherit)))

(destructor_name (identifier) @other)
(optional_parameter_declaration declarator: (identifier) @local)
(reference_declarator (identifier) @local)
(parameter_declaration type: (type_identifier) @as declarator: (reference_declarator (identifier) @local))
(declaration
  type: (type_identifier) @as
  declarator: (init_declarator declarator: (identifier) @local))
(declaration
  type: (placeholder_type_specifier)
  declarator: (init_declarator declarator: (identifier) @local value: (new_expression type: (type_identifier) @as)))
(structured_binding_declarator (identifier) @local)
(for_range_loop declarator: (identifier) @local)
(type_parameter_declaration (type_identifier) @generic)
(optional_type_parameter_declaration name: (type_identifier) @generic)
(variadic_type_parameter_declaration (type_identifier) @generic)

(access_specifier) @access
(class_specifier body: (_) @body)
(namespace_definition body: (_) @body)
(concept_definition "=" @body)
(field_declaration declarator: [
  (function_declarator declarator: (field_identifier) @name)
  (pointer_declarator declarator: (function_declarator declarator: (field_identifier) @name))
  (reference_declarator (function_declarator declarator: (field_identifier) @name))
]) @outline.method
(field_declaration_list (declaration declarator: (function_declarator declarator: (_) @name)) @outline.method)
