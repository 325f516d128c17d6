(use_declaration) @import.use
(extern_crate_declaration) @import.use
(mod_item !body) @import.include

(identifier) @reference.use
(type_identifier) @reference.type
(call_expression function: (identifier) @reference.call)
(call_expression function: (scoped_identifier name: (identifier) @reference.call))
(call_expression function: (field_expression field: (field_identifier) @reference.call))
(generic_function function: (identifier) @reference.call)
(generic_function function: (scoped_identifier name: (identifier) @reference.call))
(generic_function function: (field_expression field: (field_identifier) @reference.call))
(macro_invocation macro: (identifier) @reference.call)
(macro_invocation macro: (scoped_identifier name: (identifier) @reference.call))
(token_tree (identifier) @reference.token)
(impl_item trait: (type_identifier) @reference.inherit)
(impl_item trait: (generic_type type: (type_identifier) @reference.inherit))
(impl_item trait: (scoped_type_identifier name: (type_identifier) @reference.inherit))
(trait_item bounds: (trait_bounds (type_identifier) @reference.inherit))
(trait_item bounds: (trait_bounds (scoped_type_identifier name: (type_identifier) @reference.inherit)))

(attribute_item (meta_item . (identifier) @other))
(lifetime (identifier) @other)
(loop_label (identifier) @other)
(parameter pattern: (identifier) @local)
(parameter pattern: (identifier) @local type: (type_identifier) @as)
(parameter pattern: (identifier) @local type: (reference_type type: (type_identifier) @as))
(let_declaration pattern: (identifier) @local)
(let_declaration pattern: (identifier) @local type: (type_identifier) @as)
(let_declaration pattern: (identifier) @local value: (struct_expression name: (type_identifier) @as))
(let_declaration pattern: (identifier) @local
  value: (call_expression function: (scoped_identifier path: (identifier) @as))
  (#match? @as "^[A-Z]"))
(tuple_pattern (identifier) @local)
(tuple_struct_pattern type: (_) (identifier) @local)
(slice_pattern (identifier) @local)
(field_pattern name: (shorthand_field_identifier) @local)
(field_pattern pattern: (identifier) @local)
(mut_pattern (identifier) @local)
(ref_pattern (identifier) @local)
(reference_pattern (identifier) @local)
(captured_pattern . (identifier) @local)
(closure_parameters (identifier) @local)
(for_expression pattern: (identifier) @local)
(match_pattern . (identifier) @local (#match? @local "^[a-z_]"))
(type_parameters (type_identifier) @generic)
(constrained_type_parameter left: (type_identifier) @generic)
(optional_type_parameter name: (type_identifier) @generic)
(const_parameter name: (identifier) @generic)

(function_item body: (_) @body)
(struct_item body: (field_declaration_list) @body)
(union_item body: (_) @body)
(enum_item body: (_) @body)
(trait_item body: (_) @body)
(impl_item body: (_) @body)
(mod_item body: (_) @body)
(macro_definition [ "{" "(" "[" ] @body)

(enum_variant name: (identifier) @name) @outline.constant
(const_item name: (identifier) @name) @outline.constant
