(package_clause name: (_) @module)
(import_declaration) @import.static
(export_declaration) @import.reexport

(identifier) @reference.use
(type_identifier) @reference.type
(call_expression function: (identifier) @reference.call)
(call_expression function: (field_expression field: (identifier) @reference.call))
(generic_function function: (identifier) @reference.call)
(generic_function function: (field_expression field: (identifier) @reference.call))
(infix_expression operator: (identifier) @reference.call)
(instance_expression . (type_identifier) @reference.call)
(instance_expression . (generic_type type: (type_identifier) @reference.call))
(extends_clause type: (type_identifier) @reference.inherit)
(extends_clause type: (generic_type type: (type_identifier) @reference.inherit))
(extends_clause type: (stable_type_identifier (type_identifier) @reference.inherit))

(parameter name: (identifier) @local)
(parameter name: (identifier) @local type: (type_identifier) @as)
(class_parameter name: (identifier) @local)
(lambda_expression parameters: (identifier) @local)
(binding name: (identifier) @local)
(val_definition pattern: (identifier) @local)
(val_definition pattern: (identifier) @local type: (type_identifier) @as)
(val_definition pattern: (identifier) @local value: (instance_expression . (type_identifier) @as))
(var_definition pattern: (identifier) @local)
(var_definition pattern: (identifier) @local type: (type_identifier) @as)
(enumerator . (identifier) @local)
(tuple_pattern (identifier) @local)
(typed_pattern pattern: (identifier) @local)
(typed_pattern pattern: (identifier) @local type: (type_identifier) @as)
(case_class_pattern pattern: (identifier) @local)
(case_clause pattern: (identifier) @local)
(type_parameters name: (identifier) @generic)

(class_definition body: (_) @body)
(object_definition body: (_) @body)
(trait_definition body: (_) @body)
(enum_definition body: (_) @body)
(package_object body: (_) @body)
(function_definition body: (_) @body)

(simple_enum_case name: (identifier) @name) @outline.constant
(full_enum_case name: (identifier) @name) @outline.constant
(template_body (var_definition pattern: (identifier) @name) @outline.variable)
(class_parameter name: (identifier) @name) @outline.variable
