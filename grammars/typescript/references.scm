; Besides the references of ecmascript/references.scm.
(type_identifier) @reference.type
(nested_type_identifier name: (type_identifier) @reference.type)
(extends_clause value: (identifier) @reference.inherit)
(extends_clause value: (member_expression property: (_) @reference.inherit))
(implements_clause (type_identifier) @reference.inherit)
(implements_clause (generic_type name: (type_identifier) @reference.inherit))
(implements_clause (nested_type_identifier name: (type_identifier) @reference.inherit))
(extends_type_clause type: (type_identifier) @reference.inherit)
(extends_type_clause type: (generic_type name: (type_identifier) @reference.inherit))
(extends_type_clause type: (nested_type_identifier name: (type_identifier) @reference.inherit))

(required_parameter pattern: (identifier) @local)
(optional_parameter pattern: (identifier) @local)
(required_parameter pattern: (identifier) @local type: (type_annotation (type_identifier) @as))
(optional_parameter pattern: (identifier) @local type: (type_annotation (type_identifier) @as))
(variable_declarator name: (identifier) @local type: (type_annotation (type_identifier) @as))
(required_parameter pattern: (identifier) @local
  type: (type_annotation (generic_type name: (type_identifier) @as)))
(optional_parameter pattern: (identifier) @local
  type: (type_annotation (generic_type name: (type_identifier) @as)))
(variable_declarator name: (identifier) @local
  type: (type_annotation (generic_type name: (type_identifier) @as)))
(required_parameter pattern: (object_pattern (shorthand_property_identifier_pattern) @local.member)
  type: (type_annotation (type_identifier) @as))
(type_parameter name: (type_identifier) @generic)
(mapped_type_clause name: (type_identifier) @generic)
(infer_type (type_identifier) @generic)
(type_predicate name: (identifier) @other)

(abstract_class_declaration body: (_) @body) @scope
(interface_declaration body: (_) @body) @scope
(enum_declaration body: (_) @body)
(internal_module body: (_) @body)
(module body: (_) @body)

(function_signature) @scope
(method_signature) @scope
(abstract_method_signature) @scope
(call_signature) @scope
(construct_signature) @scope
(function_type) @scope
(constructor_type) @scope
(type_alias_declaration) @scope
(conditional_type) @scope

(export_statement "default" @name value: [(as_expression) (satisfies_expression)]) @outline.constant

(import_alias) @import.use

(enum_body name: (property_identifier) @name @outline.constant)
(enum_body (enum_assignment name: (property_identifier) @name) @outline.constant)
(public_field_definition name: (_) @name) @outline.variable
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @outline.variable
(required_parameter "readonly" pattern: (identifier) @name) @outline.variable
(interface_declaration body: (_ (property_signature name: (property_identifier) @name) @outline.variable))
