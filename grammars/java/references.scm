(package_declaration (_) @module)
(import_declaration) @import.static

(identifier) @reference.use
(type_identifier) @reference.type
(method_invocation name: (identifier) @reference.call)
(explicit_constructor_invocation constructor: (_) @other)
(object_creation_expression type: (type_identifier) @reference.call)
(object_creation_expression type: (generic_type . (type_identifier) @reference.call))
(object_creation_expression type: (scoped_type_identifier (type_identifier) @reference.call .))
(object_creation_expression type: (generic_type . (scoped_type_identifier (type_identifier) @reference.call .)))
(superclass (type_identifier) @reference.inherit)
(superclass (generic_type . (type_identifier) @reference.inherit))
(superclass (scoped_type_identifier (type_identifier) @reference.inherit .))
(super_interfaces (type_list (type_identifier) @reference.inherit))
(super_interfaces (type_list (generic_type . (type_identifier) @reference.inherit)))
(super_interfaces (type_list (scoped_type_identifier (type_identifier) @reference.inherit .)))
(extends_interfaces (type_list (type_identifier) @reference.inherit))
(extends_interfaces (type_list (generic_type . (type_identifier) @reference.inherit)))
(extends_interfaces (type_list (scoped_type_identifier (type_identifier) @reference.inherit .)))
(marker_annotation name: (identifier) @reference.type)
(annotation name: (identifier) @reference.type)

(element_value_pair key: (identifier) @other)
(labeled_statement . (identifier) @other)
(break_statement (identifier) @other)
(continue_statement (identifier) @other)
(formal_parameter name: (identifier) @local)
(formal_parameter type: (type_identifier) @as name: (identifier) @local)
(formal_parameter type: (generic_type . (type_identifier) @as) name: (identifier) @local)
(spread_parameter (variable_declarator name: (identifier) @local))
(local_variable_declaration declarator: (variable_declarator name: (identifier) @local))
(local_variable_declaration
  type: (type_identifier) @as
  declarator: (variable_declarator name: (identifier) @local))
(local_variable_declaration
  type: (generic_type . (type_identifier) @as)
  declarator: (variable_declarator name: (identifier) @local))
(catch_formal_parameter name: (identifier) @local)
(enhanced_for_statement name: (identifier) @local)
(enhanced_for_statement type: (type_identifier) @as name: (identifier) @local)
(resource name: (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(inferred_parameters (identifier) @local)
(instanceof_expression name: (identifier) @local)
(instanceof_expression right: (type_identifier) @as name: (identifier) @local)
(type_parameter (type_identifier) @generic)

(class_declaration body: (_) @body)
(record_declaration body: (_) @body)
(interface_declaration body: (_) @body)
(annotation_type_declaration body: (_) @body)
(enum_declaration body: (_) @body)
(method_declaration body: (_) @body)
(constructor_declaration body: (_) @body)
(compact_constructor_declaration body: (_) @body)

(field_declaration declarator: (variable_declarator name: (identifier) @name)) @outline.variable
(enum_constant name: (identifier) @name) @outline.constant
