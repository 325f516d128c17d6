(extends_statement (string)) @import.include
(call (identifier) @_call (arguments . (string)) (#any-of? @_call "preload" "load")) @import.require
(const_statement value: (call (identifier) @_call (arguments . (string))) (#any-of? @_call "preload" "load")) @import.require

(identifier) @reference.use
(call . (identifier) @reference.call)
(attribute_call . (identifier) @reference.call)
(type (identifier) @reference.type)
(extends_statement (type (identifier) @reference.inherit))

(parameters (identifier) @local)
(typed_parameter . (identifier) @local)
(typed_parameter . (identifier) @local type: (type (identifier) @as))
(default_parameter . (identifier) @local)
(typed_default_parameter . (identifier) @local)
(variable_statement name: (name) @local)
(for_statement left: (identifier) @local)
(enumerator left: (identifier) @other)

(function_definition body: (_) @body)
(class_definition body: (_) @body)

(class_name_statement (name) @name) @outline.class
