from django.urls import path

from points import gift_views, partner_views, pool_views, promotion_views, views

app_name = "points"

urlpatterns = [
    path("", views.statement, name="statement"),
    path("statement.csv", views.statement_csv, name="statement_csv"),
    path("rewards/", views.rewards, name="rewards"),
    path("rewards/<slug:slug>/redemptions/", views.redeem, name="redeem"),
    path("redemptions/<uuid:public_id>/cancellation/", views.cancel, name="cancel"),
    path("gifts/", gift_views.gifts, name="gifts"),
    path("gifts/<uuid:public_id>/acceptance/", gift_views.decide, {"verb": "accept"}, name="gift_accept"),
    path("gifts/<uuid:public_id>/refusal/", gift_views.decide, {"verb": "refuse"}, name="gift_refuse"),
    path("rewards/<slug:slug>/set-aside/", views.set_aside, name="set_aside"),
    path("promotions/", promotion_views.promotions, name="promotions"),
    path("promotions/<int:pk>/enrolments/", promotion_views.join, name="join"),
    path("pay/", partner_views.pay, name="pay"),
    path("partner/", partner_views.portal, name="partner"),
    path("partner/promotions/<int:pk>/decision/", partner_views.promotion, name="partner_promotion"),
    path("partner/clearing/<int:year>-<int:month>/", partner_views.clearing, name="clearing"),
    path("partner/clearing/<int:year>-<int:month>.csv", partner_views.clearing, {"form": "csv"}, name="clearing_csv"),
    path("pool/", pool_views.pool, name="pool"),
    path("pool.csv", pool_views.pool_csv, name="pool_csv"),
    path("leaderboard/", views.leaderboard, name="leaderboard"),
    path("leaderboard/choice/", views.choose, name="choose"),
]
