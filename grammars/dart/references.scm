(library_name (_) @module)
(import_or_export) @import.static
(part_directive) @import.include

(identifier) @reference.token
(type_identifier) @reference.type
(const_object_expression (type_identifier) @reference.call)
(new_expression (type_identifier) @reference.call)
(superclass (type_identifier) @reference.inherit)
(mixins (type_identifier) @reference.inherit)
(interfaces (type_identifier) @reference.inherit)

(annotation name: (identifier) @reference.use)
(label (identifier) @other)
(constructor_param (identifier) @other)
(formal_parameter name: (identifier) @local)
(formal_parameter . (identifier) @local)
(formal_parameter (type_identifier) @as . name: (identifier) @local)
(initialized_variable_definition name: (identifier) @local)
(initialized_variable_definition (type_identifier) @as . name: (identifier) @local)
(initialized_variable_definition name: (identifier) @local . value: (identifier) @as (#match? @as "^_*[A-Z]"))
(initialized_identifier . (identifier) @local)
(static_final_declaration . (identifier) @local)
(for_loop_parts name: (identifier) @local)
(catch_parameters (identifier) @local)
(type_parameter . (type_identifier) @generic)

(function_body) @body
(class_body) @body
(enum_body) @body
(extension_body) @body

(enum_constant name: (identifier) @name) @outline.constant
(class_body (declaration (initialized_identifier_list (initialized_identifier . (identifier) @name))) @outline.variable)
(class_body (declaration (static_final_declaration_list (static_final_declaration . (identifier) @name))) @outline.variable)
(class_body (declaration (constructor_signature . name: (identifier) @name)) @outline.method)
(class_body (declaration (constant_constructor_signature (identifier) @name)) @outline.method)
(program (static_final_declaration_list (static_final_declaration . (identifier) @name) @outline.constant))
(program (initialized_identifier_list (initialized_identifier . (identifier) @name) @outline.variable))
