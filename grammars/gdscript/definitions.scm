(comment) @comment
(annotations) @comment

(function_definition name: (_) @name) @definition.function
(constructor_definition) @definition.function
(class_definition name: (_) @name) @definition.class
(enum_definition name: (_) @name) @definition.enum
(source (const_statement name: (_) @name) @definition.constant)
(source (variable_statement name: (_) @name) @definition.variable)
(signal_statement (name) @name) @definition.variable
