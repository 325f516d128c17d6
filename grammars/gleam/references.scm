(import) @import.static

(identifier) @reference.use
(type_identifier) @reference.type
(constructor_name) @reference.use
(field_access field: (label) @reference.use)
(function_call function: (identifier) @reference.call)
(function_call function: (field_access field: (label) @reference.call))
(record (constructor_name) @reference.call)

(function_parameter name: (identifier) @local)
(let pattern: (identifier) @local)
(use_assignment (identifier) @local)
(record_pattern_argument pattern: (identifier) @local)
(case_clause_pattern (identifier) @local)
(list_pattern (identifier) @local)
(tuple_pattern (identifier) @local)

(function body: (_) @body)
(type_definition (data_constructors) @body)

(data_constructor name: (constructor_name) @name) @outline.constant
