(comment) @comment
(documentation_comment) @comment
(annotation) @comment

(class_definition name: (_) @name) @definition.class
(mixin_declaration (identifier) @name) @definition.class
(extension_declaration name: (_) @name) @definition.impl
(enum_declaration name: (_) @name) @definition.enum
(type_alias . (type_identifier) @name) @definition.type

((function_signature name: (_) @name) @definition.function . (function_body) @end)
((getter_signature name: (_) @name) @definition.function . (function_body) @end)
((method_signature [
  (function_signature name: (_) @name)
  (getter_signature name: (_) @name)
  (setter_signature name: (_) @name)
  (constructor_signature name: (_) @name)
  (factory_constructor_signature (identifier) @name)
]) @definition.method . (function_body) @end)
