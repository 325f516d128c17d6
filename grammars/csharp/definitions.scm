(comment) @comment

(class_declaration name: (_) @name) @definition.class
(record_declaration name: (_) @name) @definition.class
(struct_declaration name: (_) @name) @definition.struct
(interface_declaration name: (_) @name) @definition.interface
(enum_declaration name: (_) @name) @definition.enum
(namespace_declaration name: (_) @name) @definition.module
(delegate_declaration name: (_) @name) @definition.type
(method_declaration name: (_) @name) @definition.method
(constructor_declaration name: (_) @name) @definition.method
(destructor_declaration (identifier) @name) @definition.method
(operator_declaration) @definition.method
(indexer_declaration) @definition.method
(property_declaration name: (_) @name) @definition.method
(local_function_statement name: (_) @name) @definition.function
