(namespace_definition name: (namespace_name) @module)
(namespace_use_declaration) @import.use
(require_expression) @import.include
(require_once_expression) @import.include
(include_expression) @import.include
(include_once_expression) @import.include

(name) @reference.use
(variable_name (name) @other)
(named_type (name) @reference.type)
(named_type (qualified_name (name) @reference.type .))
(attribute . (name) @reference.type)
(function_call_expression function: (name) @reference.call)
(function_call_expression function: (qualified_name (name) @reference.call .))
(member_call_expression name: (name) @reference.call)
(nullsafe_member_call_expression name: (name) @reference.call)
(scoped_call_expression name: (name) @reference.call)
(object_creation_expression (name) @reference.call)
(object_creation_expression (qualified_name (name) @reference.call .))
(base_clause (name) @reference.inherit)
(base_clause (qualified_name (name) @reference.inherit .))
(class_interface_clause (name) @reference.inherit)
(class_interface_clause (qualified_name (name) @reference.inherit .))
(use_declaration (name) @reference.inherit)
(use_declaration (qualified_name (name) @reference.inherit .))

(simple_parameter type: (named_type (name) @as) name: (variable_name) @local)
(assignment_expression
  left: (variable_name) @local
  right: (object_creation_expression (name) @as))

(function_definition body: (_) @body)
(method_declaration body: (_) @body)
(class_declaration body: (_) @body)
(interface_declaration body: (_) @body)
(trait_declaration body: (_) @body)
(enum_declaration body: (_) @body)

(enum_case name: (name) @name) @outline.constant
(declaration_list (const_declaration (const_element . (name) @name) @outline.constant))
(property_declaration (property_element name: (variable_name (name) @name))) @outline.variable
