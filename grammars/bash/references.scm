(command name: (command_name) @_call . argument: (_) (#any-of? @_call "source" ".")) @import.include

(command name: (command_name . (word) @reference.call .))
(simple_expansion (variable_name) @reference.use)
(expansion (variable_name) @reference.use)

(declaration_command ["local" "declare" "typeset" "readonly"] (variable_name) @local)
(declaration_command ["local" "declare" "typeset" "readonly"] (variable_assignment name: (variable_name) @local))
(for_statement variable: (variable_name) @local)

(function_definition body: (_) @body)
