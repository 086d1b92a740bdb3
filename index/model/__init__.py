"""The bundled bilingual embedding model: its training code, its weights and its card."""
