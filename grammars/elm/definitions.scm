(line_comment) @comment
(block_comment) @comment
(type_annotation) @comment

(file (value_declaration (function_declaration_left . (lower_case_identifier) @name)) @definition.function)
(type_alias_declaration name: (_) @name) @definition.type
(type_declaration name: (_) @name) @definition.type
(port_annotation name: (_) @name) @definition.function
