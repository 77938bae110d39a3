"""The twinning: two schools' calendars, rosters and agreements."""
