// All that web/static/pads uses of others, in one ES module.

export { defaultKeymap, indentLess, indentMore } from "@codemirror/commands";
export {
  HighlightStyle, Language, defineLanguageFacet, syntaxHighlighting,
} from "@codemirror/language";
export { openSearchPanel, search, searchKeymap } from "@codemirror/search";
export { Annotation, Compartment, EditorSelection, EditorState, Facet, RangeSet, StateEffect } from "@codemirror/state";
export {
  Decoration, EditorView, ViewPlugin, WidgetType, drawSelection, highlightActiveLine,
  highlightActiveLineGutter, keymap, lineNumbers, placeholder,
} from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { GFM, parser as markdownParser } from "@lezer/markdown";
export { yCollab, ySyncAnnotation, yUndoManagerKeymap } from "y-codemirror.next";
export { WebsocketProvider } from "y-websocket";
export {
  Doc, UndoManager, applyUpdate, createAbsolutePositionFromRelativePosition,
  createRelativePositionFromTypeIndex,
} from "yjs";
