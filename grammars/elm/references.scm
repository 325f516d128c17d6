(module_declaration name: (_) @module)
(module_declaration exposing: (_) @export)
(import_clause) @import.static

(value_qid (lower_case_identifier) @reference.use)
(function_call_expr target: (value_expr name: (value_qid (lower_case_identifier) @reference.call)))
(type_ref (upper_case_qid (upper_case_identifier) @reference.type .))
(value_expr name: (upper_case_qid (upper_case_identifier) @reference.call .))
(union_pattern constructor: (upper_case_qid (upper_case_identifier) @reference.use .))

(lower_pattern (lower_case_identifier) @local)
(let_in_expr valueDeclaration: (value_declaration
  functionDeclarationLeft: (function_declaration_left . (lower_case_identifier) @local)))

(value_declaration (eq) @body)

(union_variant name: (upper_case_identifier) @name) @outline.constant
