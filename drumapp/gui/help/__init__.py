"""The Help menu: documents, the tour, diagnostics, and what happens when the program has a fault."""
