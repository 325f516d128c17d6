(comment) @comment
(statement_comment) @comment

(function name: (_) @name) @definition.function
(type_definition (type_name name: (_) @name)) @definition.type
(type_alias (type_name name: (_) @name)) @definition.type
(constant name: (_) @name) @definition.constant
