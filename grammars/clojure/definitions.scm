(comment) @comment

(list_lit . (sym_lit name: (sym_name) @_form) . (sym_lit) @name
  (#any-of? @_form "defn" "defn-" "defmulti" "defmethod" "deftest" "defspec")) @definition.function
(list_lit . (sym_lit name: (sym_name) @_form) . (sym_lit) @name
  (#any-of? @_form "defmacro")) @definition.macro
(list_lit . (sym_lit name: (sym_name) @_form) . (sym_lit) @name
  (#any-of? @_form "def" "defonce")) @definition.variable
(list_lit . (sym_lit name: (sym_name) @_form) . (sym_lit) @name
  (#any-of? @_form "defrecord" "deftype")) @definition.class
(list_lit . (sym_lit name: (sym_name) @_form) . (sym_lit) @name
  (#any-of? @_form "defprotocol" "definterface")) @definition.interface
