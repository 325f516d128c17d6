(comment) @comment
(multiline_comment) @comment

(class_declaration "class" name: (_) @name) @definition.class
(class_declaration "actor" name: (_) @name) @definition.class
(class_declaration "struct" name: (_) @name) @definition.struct
(class_declaration "enum" name: (_) @name) @definition.enum
(class_declaration "extension" name: (_) @name) @definition.impl
(protocol_declaration name: (_) @name) @definition.interface
; Without its field, which takes a third of a second to analyse.
(function_declaration (simple_identifier) @name) @definition.function
(protocol_function_declaration name: (_) @name) @definition.method
(function_declaration "init" @name) @definition.method
(deinit_declaration) @definition.method
(subscript_declaration) @definition.method
(typealias_declaration name: (_) @name) @definition.type
(property_declaration name: (_) @name computed_value: (_)) @definition.method
(source_file (property_declaration name: (_) @name) @definition.variable)
