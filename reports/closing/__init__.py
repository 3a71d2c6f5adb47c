"""The closing report of a project (PROGRAMME 8): gathered from all that was accepted and proven, frozen when it closes."""
