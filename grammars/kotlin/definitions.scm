(line_comment) @comment
(multiline_comment) @comment

(class_declaration "class" (type_identifier) @name) @definition.class
(class_declaration "interface" (type_identifier) @name) @definition.interface
(class_declaration "enum" (type_identifier) @name) @definition.enum
(object_declaration (type_identifier) @name) @definition.class
(companion_object (type_identifier)? @name) @definition.module
(function_declaration (simple_identifier) @name) @definition.function
(secondary_constructor) @definition.method
(type_alias (type_identifier) @name) @definition.type
(source_file (property_declaration (variable_declaration (simple_identifier) @name)) @definition.variable)
(class_body (property_declaration
  (variable_declaration (simple_identifier) @name) [(getter) (setter)]) @definition.method)
