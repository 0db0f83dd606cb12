_LONGEST = 120


class ParsedDevices:
    """Names devices by their ``User-Agent``; its parser takes a sixth of a second to load."""

    def preload(self) -> None:
        self.describe('')

    def describe(self, user_agent: str) -> str:
        from ua_parser import parse
        found = parse(user_agent[:1000])
        browser = found.user_agent.family if found.user_agent else None
        system = found.os.family if found.os else None
        known = [name for name in (browser, system) if name and name != 'Other']
        return ' on '.join(known)[:_LONGEST] or 'unknown device'
