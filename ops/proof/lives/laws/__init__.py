"""The laws that hold in every life."""
