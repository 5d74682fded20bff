from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from assessments import ports
        from courses import receivers
        from courses.catalogue.models import CourseMedia
        from courses.catalogue.queries import lessons_teaching
        from courses.certificates.models import Certificate
        from courses.enrolment.queries.following import waivers_followed
        from courses.findings.queries.uses import where_used_url
        from lms.kernel.private_files import Owner, register_owner
        from lms.notifications.kinds import Kind, register_kind

        ports.fill("lessons_by_skill", lessons_teaching)
        ports.fill("where_used_url", where_used_url)
        post_migrate.connect(receivers.prepare_back_office, sender=self, dispatch_uid="prepare_back_office")
        post_migrate.connect(receivers.prepare_search_index, sender=self, dispatch_uid="prepare_search_index")
        register_owner(
            "certificate",
            Owner(
                visible_to=Certificate.objects.visible_to,
                field="pdf",
                as_attachment=True,
                download_name=lambda certificate: f"{certificate.title_zh}-{certificate.employee_no}.pdf",
            ),
        )
        register_owner(
            "waiver",
            Owner(waivers_followed, "file", as_attachment=True, download_name=lambda waiver: waiver.file_name),
        )
        register_owner("course-media", Owner(CourseMedia.objects.visible_to, "file"))
        register_owner("course-captions-zh", Owner(CourseMedia.objects.visible_to, "captions_zh"))
        register_owner("course-captions-en", Owner(CourseMedia.objects.visible_to, "captions_en"))
        register_kind(Kind("certificate_issued", _("Your certificate is ready"), _("%(title)s")))
        register_kind(Kind("certificate_renewed", _("Your certificate is renewed"), _("%(title)s")))
        register_kind(
            Kind(
                "renewal_opened",
                _("Time to renew your certificate: %(certificate)s"),
                _("%(reason)s. To do: %(track)s"),
            )
        )
        register_kind(Kind("due_day_extended", _("More time for “%(what)s”: until %(until)s"), _("Reason: %(reason)s")))
        register_kind(
            Kind(
                "step_waived",
                _("You need not do “%(step)s”"),
                _("%(track)s: the step counts as done. Reason: %(reason)s"),
            )
        )
        register_kind(
            Kind(
                "waiver_withdrawn",
                _("“%(step)s” is to be done after all"),
                _("%(track)s: the step is no longer waived. Reason: %(reason)s"),
            )
        )
        register_kind(
            Kind("learning_reminder", _("A reminder of what you have to learn"), _("%(lines)s"), mail=_("%(linked)s"))
        )
        register_kind(Kind("certificate_revoked", _("A certificate of yours was revoked"), _("%(title)s")))
        register_kind(
            Kind(
                "certificate_questioned",
                _("%(person)s: a quiz behind a certificate is no longer passed"),
                _("%(quiz)s was regraded. The certificate “%(title)s” still stands; decide whether to revoke it."),
            )
        )
        register_kind(Kind("page_to_review", _("To review: %(page)s"), _("Submitted by %(person)s.")))
        register_kind(Kind("page_approved", _("Approved: %(page)s"), _("By %(person)s. %(comment)s")))
        register_kind(Kind("page_sent_back", _("Sent back to you: %(page)s"), _("By %(person)s. %(comment)s")))
        register_kind(
            Kind(
                "lesson_changed",
                _("A lesson you have finished has changed: %(lesson)s"),
                _("Please read it again; what changed is marked. %(quiz_note)s"),
            )
        )
        register_kind(Kind("enrolled_in_track", _("A track for you: %(track)s"), _("%(reason)s")))
        register_kind(Kind("track_opened", _("%(track)s is open for you now"), _("What comes before is completed.")))
        register_kind(Kind("lesson_assigned", _("A lesson for you: %(lesson)s"), _("%(reason)s")))
        register_kind(Kind("comment_answered", _("An answer about “%(lesson)s”"), _("%(answer)s")))
