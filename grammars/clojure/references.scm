(list_lit . (sym_lit name: (sym_name) @_ns) . (sym_lit) @module (#eq? @_ns "ns"))
(list_lit
  . (sym_lit name: (sym_name) @_ns)
  (#any-of? @_ns "ns" "require" "use" "import")) @import.use

(sym_name) @reference.use
(list_lit . (sym_lit name: (sym_name) @reference.call))
(anon_fn_lit . (sym_lit name: (sym_name) @reference.call))

(list_lit
  . (sym_lit name: (sym_name) @_form)
  (vec_lit (sym_lit name: (sym_name) @local))
  (#any-of? @_form "defn" "defn-" "fn" "defmacro" "defmethod" "defrecord" "deftype"))
(list_lit . (vec_lit (sym_lit name: (sym_name) @local)))
(list_lit
  . (sym_lit name: (sym_name) @_form)
  (list_lit (vec_lit (sym_lit name: (sym_name) @local)))
  (#any-of? @_form "defprotocol" "defrecord" "deftype" "extend-type" "extend-protocol"))

(list_lit
  . (sym_lit name: (sym_name) @_form)
  (list_lit . (sym_lit) @name) @outline.method
  (#eq? @_form "defprotocol"))
