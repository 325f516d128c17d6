(comment) @comment
(haddock) @comment
(pragma) @comment

(declarations [(function name: (_) @name) (bind name: (_) @name) (signature name: (_) @name)] @definition.function)
(class_declarations [(function name: (_) @name) (bind name: (_) @name) (signature name: (_) @name)] @definition.function)
(instance_declarations [(function name: (_) @name) (bind name: (_) @name)] @definition.function)
(data_type name: (_) @name) @definition.type
(newtype name: (_) @name) @definition.type
(type_synomym name: (_) @name) @definition.type
(class name: (_) @name) @definition.trait
(instance name: (_) @name) @definition.impl
