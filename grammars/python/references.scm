(import_statement) @import.static
(import_from_statement) @import.static
(future_import_statement) @import.static

(assignment left: (identifier) @_all (#eq? @_all "__all__")) @export
(augmented_assignment left: (identifier) @_all (#eq? @_all "__all__")) @export

(identifier) @reference.use
(call function: (identifier) @reference.call)
(call function: (attribute attribute: (identifier) @reference.call))
(decorator (identifier) @reference.call)
(decorator (attribute attribute: (identifier) @reference.call))
(type (identifier) @reference.type)
(type (attribute attribute: (identifier) @reference.type))
(generic_type . (identifier) @reference.type)
(type (subscript value: (identifier) @reference.type))
(type (subscript value: (attribute attribute: (identifier) @reference.type)))
(type (subscript subscript: (identifier) @reference.type))
(type (binary_operator left: (identifier) @reference.type))
(type (binary_operator right: (identifier) @reference.type))
(class_definition superclasses: (argument_list (identifier) @reference.inherit))
(class_definition superclasses: (argument_list (attribute attribute: (identifier) @reference.inherit)))
(class_definition superclasses: (argument_list (subscript value: (identifier) @reference.inherit)))
(class_definition superclasses: (argument_list
  (subscript value: (attribute attribute: (identifier) @reference.inherit))))

(keyword_argument name: (identifier) @other)
(keyword_pattern . (identifier) @other)
(nonlocal_statement (identifier) @other)
(global_statement (identifier) @global)
(parameters (identifier) @local)
(lambda_parameters (identifier) @local)
(default_parameter name: (identifier) @local)
(typed_parameter . (identifier) @local)
(typed_parameter . (identifier) @local type: (type (identifier) @as))
(typed_default_parameter name: (identifier) @local)
(typed_default_parameter name: (identifier) @local type: (type (identifier) @as))
(list_splat_pattern (identifier) @local)
(dictionary_splat_pattern (identifier) @local)
(assignment left: (identifier) @local)
(assignment left: (identifier) @local right: (call function: (identifier) @as) (#match? @as "^_*[A-Z]"))
(assignment left: (identifier) @local type: (type (identifier) @as))
(augmented_assignment left: (identifier) @local)
(pattern_list (identifier) @local)
(tuple_pattern (identifier) @local)
(list_pattern (identifier) @local)
(for_statement left: (identifier) @local)
(for_in_clause left: (identifier) @local)
(named_expression name: (identifier) @local)
(as_pattern_target (identifier) @local)
(case_pattern (dotted_name . (identifier) @local .))

(function_definition body: (_) @body)
(class_definition body: (_) @body)

(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @outline.variable)))
