"""A rival: Django REST framework's article and list of articles, over the product's own tables.

As its documentation shows it: generic views, model serializers, cursor pagination; gunicorn in
front, one lasting connection for each process. Left out, to its advantage: signing in, limits, the
request log, metrics, request ids, CORS, validators for 304, drafts that their authors may read,
former slugs, filters and sort options, an article's neighbours, the author in front of a list.
"""
# pylint: disable=import-error  # installed beside, see requirements.txt

import os
import secrets
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.shortcuts import get_object_or_404
from django.urls import path

settings.configure(SECRET_KEY=secrets.token_hex(32),
                   ALLOWED_HOSTS=['127.0.0.1'],
                   ROOT_URLCONF=__name__,
                   USE_TZ=True,
                   MIDDLEWARE=[
                       'django.middleware.security.SecurityMiddleware',
                       'django.middleware.common.CommonMiddleware',
                   ],
                   DATABASES={
                       'default': {
                           'ENGINE': 'django.db.backends.postgresql',
                           'NAME': os.environ['PGDATABASE'],
                           'USER': os.environ['PGUSER'],
                           'PASSWORD': os.environ['PGPASSWORD'],
                           'HOST': os.environ['PGHOST'],
                           'PORT': os.environ['PGPORT'],
                           'CONN_MAX_AGE': None,
                       }
                   },
                   REST_FRAMEWORK={
                       'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
                       'DEFAULT_AUTHENTICATION_CLASSES': [],
                       'DEFAULT_PERMISSION_CLASSES': [],
                       'UNAUTHENTICATED_USER': None,
                   })
django.setup()

# pylint: disable=wrong-import-position  # they read the settings when they are imported
from rest_framework import generics, pagination, serializers  # noqa: E402

ARTICLES_URL = os.environ['BENCH_ARTICLES_URL']
SUMMARY = [
    'id', 'title', 'slug', 'url', 'status', 'meta_description', 'featured_image', 'tags',
    'word_count', 'reading_minutes', 'version', 'created_at', 'updated_at', 'published_at'
]
TEXTS = ['body', 'html', 'table_of_contents']


class User(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    username = models.TextField()
    display_name = models.TextField(null=True)
    location = models.TextField()
    avatar_url = models.TextField(null=True)

    class Meta:
        app_label, managed, db_table = 'rivals', False, 'user'


class Tags(models.Field):  # type: ignore[misc]
    """An array of texts, which psycopg gives as a list."""


class Article(models.Model):  # type: ignore[misc]
    id = models.UUIDField(primary_key=True)
    owner = models.ForeignKey(User, on_delete=models.DO_NOTHING)
    slug = models.TextField()
    status = models.TextField()
    title = models.TextField()
    body = models.TextField()
    html = models.TextField()
    table_of_contents = models.TextField()
    excerpt = models.TextField()
    word_count = models.IntegerField()
    reading_minutes = models.IntegerField()
    meta_description = models.TextField()
    featured_image = models.TextField()
    tags = Tags()
    version = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = 'rivals', False, 'article'


class Slug(models.Model):  # type: ignore[misc]
    slug = models.TextField(primary_key=True)
    article = models.ForeignKey(Article, on_delete=models.DO_NOTHING)

    class Meta:
        app_label, managed, db_table = 'rivals', False, 'article_slug'


class UserSerializer(serializers.ModelSerializer):  # type: ignore[misc]

    class Meta:
        model = User
        fields = ['id', 'username', 'display_name', 'location', 'avatar_url']


class SummarySerializer(serializers.ModelSerializer):  # type: ignore[misc]
    url = serializers.SerializerMethodField()
    meta_description = serializers.SerializerMethodField()
    tags = serializers.ListField()

    class Meta:
        model = Article
        fields = SUMMARY

    def get_url(self, article: Article) -> str:
        return f'{ARTICLES_URL}{article.slug}'

    def get_meta_description(self, article: Article) -> str:
        return str(article.meta_description or article.excerpt)


class ArticleSerializer(SummarySerializer):
    user = UserSerializer(source='owner')

    class Meta(SummarySerializer.Meta):
        fields = [*SUMMARY, *TEXTS, 'user']


class ArticlePages(pagination.CursorPagination):  # type: ignore[misc]
    ordering = ('-listed_at', '-id')
    page_size = 20
    page_size_query_param = 'limit'
    max_page_size = 100


class ArticleDetail(generics.RetrieveAPIView):  # type: ignore[misc]
    serializer_class = ArticleSerializer

    def get_object(self) -> Any:
        known = Slug.objects.select_related('article__owner').filter(article__status='published')
        return get_object_or_404(known, slug=self.kwargs['slug']).article


class AuthorArticles(generics.ListAPIView):  # type: ignore[misc]
    serializer_class = SummarySerializer
    pagination_class = ArticlePages

    def get_queryset(self) -> Any:
        author = get_object_or_404(User.objects.only('id'), username=self.kwargs['username'])
        return Article.objects.filter(owner=author, status='published').defer(*TEXTS)


urlpatterns = [
    path('v1/articles/<str:slug>', ArticleDetail.as_view()),
    path('v1/users/<str:username>/articles', AuthorArticles.as_view()),
]
application = get_wsgi_application()
