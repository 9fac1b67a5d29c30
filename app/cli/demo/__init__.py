"""The demonstration: three invented bodies with the events that Tinkuy is made for."""
