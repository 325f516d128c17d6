(header module: (module) @module)
(header exports: (_) @export)
(imports (import) @import.static)

(variable) @reference.use
(constructor) @reference.use
(name) @reference.type
(apply function: (variable) @reference.call)
(apply function: (qualified id: (variable) @reference.call))
(apply function: (constructor) @reference.call)
(infix left_operand: (variable) @reference.call operator: (operator))
(instance name: (name) @reference.inherit)
(deriving classes: (name) @reference.inherit)
(deriving classes: (parens (name) @reference.inherit))

(function parameter: (variable) @other)
(function result: (variable) @other)
(apply constructor: (variable) @other)
(apply constructor: (_) argument: (variable) @other)
(type_params bind: (variable) @generic)
(field_name (variable) @other)
(export variable: (variable) @other)
(export type: (name) @other)
(patterns (variable) @local)
(patterns (parens (apply argument: (variable) @local)))
(patterns (parens (apply function: (apply argument: (variable) @local))))
(patterns (parens (apply function: (apply function: (apply argument: (variable) @local)))))
(patterns (as bind: (variable) @local))
(bind pattern: (variable) @local)
(alternative pattern: (variable) @local)
(alternative pattern: (apply argument: (variable) @local))
(local_binds (function name: (variable) @local))
(local_binds (bind name: (variable) @local))
(local_binds (signature name: (variable) @local))

(data_constructor constructor: (prefix name: (constructor) @name)) @outline.constant
(data_constructor constructor: (record name: (constructor) @name)) @outline.constant
