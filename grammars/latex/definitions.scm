(line_comment) @comment

(part text: (curly_group (_) @name)) @definition.section
(chapter text: (curly_group (_) @name)) @definition.section
(section text: (curly_group (_) @name)) @definition.section
(subsection text: (curly_group (_) @name)) @definition.section
(subsubsection text: (curly_group (_) @name)) @definition.section
(new_command_definition declaration: (curly_group_command_name command: (_) @name)) @definition.macro
