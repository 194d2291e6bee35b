"""Verbs: function(desk, …) → record, one transaction each; rights are enforced here."""
