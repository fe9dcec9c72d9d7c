"""From a filing to facts, a deal and checks; hears nothing of the engine or of Excel."""
