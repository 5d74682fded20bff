"""What the ground floor registers in the back office."""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_js")
def idle_lock() -> str:
    """Authors sit at shared PCs, too: the back office locks like every other page."""
    if not settings.IDLE_LOCK_SECONDS:
        return ""
    return format_html(
        '<div hidden data-idle-seconds="{}" data-lock-url="{}" data-lock-page="{}" data-seen-url="{}"></div>'
        '<script type="module" src="{}"></script>',
        settings.IDLE_LOCK_SECONDS,
        reverse("lock"),
        reverse("locked"),
        reverse("still-here"),
        static("js/idle.js"),
    )
