(import_statement) @import.static
