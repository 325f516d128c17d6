(comment) @comment

(function_definition name: (_) @name) @definition.function
(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable)

; Test cases as sharness has them: test_expect_success [PREREQUISITE] 'title' '…'
(command
  name: (command_name) @_call
  argument: [(string) (raw_string)] @name
  . argument: [(string) (raw_string)]
  (#any-of? @_call "test_expect_success" "test_expect_failure")) @definition.test
