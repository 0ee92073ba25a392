"""The rules of promise dates: who carries how fast, on which days, and from when on a change is told."""
